import { Chip, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { rowsQuery } from '../api/queries.js'
import type { EntitySetView } from '../api/views.js'
import { Address } from '../layout/address.js'
import { Failure, Loading } from '../layout/states.js'
import { Conditions } from './conditions.js'
import { Grid } from './grid.js'
import { odataAddress, queryOptionsOf } from './odata-address.js'
import type { PreviewState } from './preview-state.js'

interface PreviewProps {
  /** Address of the OData service, path-absolute. */
  readonly root: string
  readonly entitySet: EntitySetView
  readonly state: PreviewState
  readonly onChange: (state: PreviewState) => void
}

function Expands({ entitySet, state, onChange }: Omit<PreviewProps, 'root'>) {
  const followable = entitySet.navigation.filter(({ target }) => target !== undefined)
  if (followable.length === 0) return null
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed">Expand</Text>
      <Chip.Group multiple value={[...state.expand]} onChange={(expand) => onChange({ ...state, expand })}>
        {followable.map(({ name }) => <Chip key={name} value={name} size="xs">{name}</Chip>)}
      </Chip.Group>
    </Group>
  )
}

const nextSort = (sort: PreviewState['sort'], property: string): PreviewState['sort'] => {
  if (sort?.property !== property) return { property, descending: false }
  return sort.descending ? undefined : { property, descending: true }
}

/** Live rows of an entity set; what is chosen is written as an OData address beside it. */
export function Preview({ root, entitySet, state, onChange }: PreviewProps) {
  const address = odataAddress(root, entitySet.name, queryOptionsOf(state, entitySet.attributes))
  const [settled] = useDebouncedValue(address, 300)
  const { data, error, isFetching } = useQuery(rowsQuery(settled))
  const sortBy = useCallback((property: string) => {
    const { sort, ...rest } = state
    const next = nextSort(sort, property)
    onChange(next === undefined ? rest : { ...rest, sort: next })
  }, [state, onChange])
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-start">
        <Conditions attributes={entitySet.attributes} where={state.where} onChange={(where) => onChange({ ...state, where })} />
        <SegmentedControl size="xs" aria-label="Rows shown" data={['20', '50', '100', '200']} value={String(state.top)} onChange={(top) => onChange({ ...state, top: Number(top) })} />
      </Group>
      <Expands entitySet={entitySet} state={state} onChange={onChange} />
      <Address label="OData" url={`${window.location.origin}${address}`} curl />
      {error !== null && <Failure error={error} />}
      {data === undefined && error === null && <Loading lines={6} />}
      {data !== undefined && error === null && (
        <div style={{ opacity: isFetching ? 0.6 : 1, transition: 'opacity 120ms' }} aria-busy={isFetching}>
          <Grid attributes={entitySet.attributes} rows={data.value} state={state} onSort={sortBy} />
        </div>
      )}
    </Stack>
  )
}
