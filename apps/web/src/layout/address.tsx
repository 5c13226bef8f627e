import { Code, Group, Paper, Text } from '@mantine/core'
import { Copy } from './copy.js'

/** An address people paste elsewhere, with the ways to take it along. */
export function Address({ label, url, curl = false }: { readonly label: string; readonly url: string; readonly curl?: boolean }) {
  return (
    <Paper withBorder px="sm" py={6}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="xs" c="dimmed" style={{ flexShrink: 0 }}>{label}</Text>
        <Code style={{ flex: 1, overflowWrap: 'anywhere', background: 'transparent' }} data-testid="address">{url}</Code>
        <Group gap={2} wrap="nowrap">
          <Copy text={url} label="Copy the address" />
          {curl && <Copy text={`curl -g '${url.replaceAll("'", '%27')}'`} label="Copy as curl" />}
        </Group>
      </Group>
    </Paper>
  )
}
