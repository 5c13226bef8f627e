import { Anchor, Breadcrumbs, Stack, Tabs, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { pathOf } from '../api/absolute.js'
import type { EntitySetView } from '../api/views.js'
import { Failure } from '../layout/states.js'
import { RequestFailed } from '../api/request.js'
import { Preview } from '../preview/preview.js'
import { fromSearch, toSearch, type PreviewSearch } from '../preview/preview-state.js'
import { Associations } from './associations.js'
import { Attributes } from './attributes.js'

export interface EntitySetPageProps {
  /** The page above: a service or a product. */
  readonly owner: { readonly name: string; readonly base: string; readonly odataUrl: string; readonly entitySets: readonly EntitySetView[] }
  readonly name: string
  readonly search: PreviewSearch
  readonly onSearch: (search: PreviewSearch) => void
}

/** An entity set: live rows first, then what its contract says. */
export function EntitySetPage({ owner, name, search, onSearch }: EntitySetPageProps) {
  const state = useMemo(() => fromSearch(search), [search])
  const entitySet = owner.entitySets.find((candidate) => candidate.name === name)
  if (entitySet === undefined) return <Failure error={new RequestFailed(404, 'HUB_RESOURCE_NOT_FOUND', `${owner.name} has no entity set ${name}.`)} />
  return (
    <Stack gap="md">
      <Breadcrumbs><Anchor component={Link} to="/">Home</Anchor><Anchor component={Link} to={owner.base}>{owner.name}</Anchor><Text>{name}</Text></Breadcrumbs>
      <Title order={1}>{name}</Title>
      {entitySet.description !== undefined && <Text>{entitySet.description}</Text>}
      <Tabs defaultValue="preview" keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="preview">Preview</Tabs.Tab>
          <Tabs.Tab value="attributes">Attributes ({entitySet.attributes.length})</Tabs.Tab>
          <Tabs.Tab value="associations">Associations ({entitySet.navigation.length})</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="preview"><Preview root={pathOf(owner.odataUrl)} entitySet={entitySet} state={state} onChange={(next) => onSearch(toSearch(next))} /></Tabs.Panel>
        <Tabs.Panel value="attributes"><Attributes attributes={entitySet.attributes} /></Tabs.Panel>
        <Tabs.Panel value="associations"><Associations navigation={entitySet.navigation} base={owner.base} /></Tabs.Panel>
      </Tabs>
    </Stack>
  )
}
