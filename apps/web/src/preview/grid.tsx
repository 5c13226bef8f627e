import { Box, Group, ScrollArea, Table, Text, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconArrowsSort, IconKey } from '@tabler/icons-react'
import type { AttributeView } from '../api/views.js'
import { Cell } from './cell.js'
import type { PreviewState } from './preview-state.js'

type Row = Readonly<Record<string, unknown>>

interface GridProps {
  readonly attributes: readonly AttributeView[]
  readonly rows: readonly Row[]
  readonly state: PreviewState
  readonly onSort: (property: string) => void
}

const numeric = /^Edm\.(Byte|SByte|Int16|Int32|Int64|Decimal|Double|Single)$/

function SortMark({ name, sort }: { readonly name: string; readonly sort: PreviewState['sort'] }) {
  if (sort?.property !== name) return <IconArrowsSort size={13} opacity={0.35} />
  return sort.descending ? <IconArrowDown size={13} /> : <IconArrowUp size={13} />
}

function Heading({ attribute, state, onSort }: { readonly attribute: AttributeView; readonly state: PreviewState; readonly onSort: (property: string) => void }) {
  return (
    <UnstyledButton onClick={() => onSort(attribute.name)} aria-label={`Sort by ${attribute.name}`} title={attribute.description ?? attribute.type}>
      <Group gap={4} wrap="nowrap">
        {attribute.key && <IconKey size={13} aria-label="key" />}
        <Text fw={600} size="sm">{attribute.name}</Text>
        <SortMark name={attribute.name} sort={state.sort} />
      </Group>
    </UnstyledButton>
  )
}

const ariaSort = (name: string, sort: PreviewState['sort']) => {
  if (sort?.property !== name) return 'none' as const
  return sort.descending ? 'descending' as const : 'ascending' as const
}

/** Rows as they came from the address above; a click on a heading sorts at the source. Expanded navigation stands first. */
export function Grid({ attributes, rows, state, onSort }: GridProps) {
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': 'Rows' }}>
      <Table striped highlightOnHover withTableBorder verticalSpacing={5}>
        <Table.Thead>
          <Table.Tr>
            {state.expand.map((name) => <Table.Th key={name}><Text fw={600} size="sm">{name}</Text></Table.Th>)}
            {attributes.map((attribute) => <Table.Th key={attribute.name} aria-sort={ariaSort(attribute.name, state.sort)}><Heading attribute={attribute} state={state} onSort={onSort} /></Table.Th>)}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, at) => (
            <Table.Tr key={at}>
              {state.expand.map((name) => <Table.Td key={name}><Cell value={row[name]} /></Table.Td>)}
              {attributes.map(({ name, type }) => <Table.Td key={name} ta={numeric.test(type) ? 'right' : 'left'}><Cell value={row[name]} /></Table.Td>)}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {rows.length === 0 && <Box p="md"><Text c="dimmed" size="sm">No rows match.</Text></Box>}
    </ScrollArea>
  )
}
