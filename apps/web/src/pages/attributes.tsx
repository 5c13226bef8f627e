import { Group, Table, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import type { AttributeView } from '../api/views.js'

const limits = ({ maxLength, precision, scale }: AttributeView): string => {
  if (maxLength !== undefined) return `≤ ${maxLength}`
  return precision === undefined ? '' : [precision, scale].filter((part) => part !== undefined).join(', ')
}

/** The attributes of an entity set, as its contract declares them. */
export function Attributes({ attributes }: { readonly attributes: readonly AttributeView[] }) {
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table withTableBorder verticalSpacing={6}>
        <Table.Thead><Table.Tr><Table.Th>Attribute</Table.Th><Table.Th>Type</Table.Th><Table.Th>Limits</Table.Th><Table.Th>May be empty</Table.Th><Table.Th>Description</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {attributes.map((attribute) => (
            <Table.Tr key={attribute.name}>
              <Table.Td><Group gap={6} wrap="nowrap">{attribute.key && <IconKey size={14} aria-label="key" />}<Text size="sm" fw={attribute.key ? 600 : 400}>{attribute.name}</Text></Group></Table.Td>
              <Table.Td><Text size="sm" ff="monospace">{attribute.type}</Text></Table.Td>
              <Table.Td><Text size="sm">{limits(attribute)}</Text></Table.Td>
              <Table.Td><Text size="sm">{attribute.nullable ? 'yes' : 'no'}</Text></Table.Td>
              <Table.Td><Text size="sm" c="dimmed">{attribute.description ?? attribute.label ?? ''}</Text></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
