import { Anchor, createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

const river: MantineColorsTuple = ['#e3f6fa', '#d0e9ef', '#a3d2dd', '#73bacb', '#4ca6bb', '#3399b2', '#2393ad', '#117f98', '#007188', '#006277']

export const theme = createTheme({
  primaryColor: 'river',
  primaryShade: 8,
  colors: { river },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Code", Menlo, Consolas, monospace',
  defaultRadius: 'md',
  cursorType: 'pointer',
  // Links within text must differ from it by more than colour.
  components: { Anchor: Anchor.extend({ defaultProps: { underline: 'always' } }) },
})

/** Secondary text dark (or light) enough to be read by everyone: WCAG 2.1 AA asks for a contrast of 4.5. */
export const readableDimmed: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: { '--mantine-color-dimmed': colors.gray[7] },
  dark: { '--mantine-color-dimmed': colors.dark[1] },
})
