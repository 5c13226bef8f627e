import { Badge, Text } from '@mantine/core'

const summary = (value: object): string => {
  const texts = Object.entries(value).filter(([name, item]) => !name.includes('@') && item !== null && typeof item !== 'object').map(([, item]) => String(item))
  return texts.slice(0, 3).join(' · ')
}

/** One value of a row; expanded entities are told in a few words. */
export function Cell({ value }: { readonly value: unknown }) {
  if (value === null || value === undefined) return <Text span size="sm" c="dimmed" aria-label="no value">–</Text>
  if (typeof value === 'boolean') return <Badge size="sm" variant="light" color={value ? 'teal' : 'gray'} tt="none">{String(value)}</Badge>
  if (Array.isArray(value)) return <Text span size="sm" title={JSON.stringify(value, null, 1)}>{value.length === 1 ? '1 row' : `${value.length} rows`}</Text>
  if (typeof value === 'object') return <Text size="sm" truncate maw={280} title={JSON.stringify(value, null, 1)}>{summary(value)}</Text>
  return <Text span size="sm" style={{ whiteSpace: 'nowrap' }}>{String(value)}</Text>
}
