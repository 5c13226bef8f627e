import { createTheme, type MantineColorsTuple } from '@mantine/core'

const river: MantineColorsTuple = ['#e3f6fa', '#d0e9ef', '#a3d2dd', '#73bacb', '#4ca6bb', '#3399b2', '#2393ad', '#117f98', '#007188', '#006277']

export const theme = createTheme({
  primaryColor: 'river',
  primaryShade: { light: 8, dark: 5 },
  colors: { river },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Code", Menlo, Consolas, monospace',
  defaultRadius: 'md',
  cursorType: 'pointer',
})
