import { Alert, Anchor, Badge, Breadcrumbs, Group, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { productQuery } from '../api/queries.js'
import { absolute, pathOf } from '../api/absolute.js'
import type { ProductView } from '../api/views.js'
import { Relationships } from '../diagram/relationships.js'
import { Address } from '../layout/address.js'
import { Failure, Loading } from '../layout/states.js'
import { Preview } from '../preview/preview.js'
import { fromSearch, toSearch, type PreviewState } from '../preview/preview-state.js'

const route = getRouteApi('/products/$slug')

/** Every navigation once, seen from the side that holds the foreign key; `across` where it joins two services. */
function linesOf({ definition, entitySets }: ProductView) {
  const serviceOf = new Map(definition.entities.map(({ name, service }) => [name, service]))
  const drawn = new Set<string>()
  return entitySets.flatMap((set) => set.navigation.flatMap(({ name, target, partner, collection }) => {
    if (target === undefined || collection || drawn.has(`${set.name}.${name}`)) return []
    drawn.add(`${target}.${partner ?? ''}`)
    return [{ from: set.name, to: target, label: partner === undefined ? name : `${name} / ${partner}`, across: serviceOf.get(set.name) !== serviceOf.get(target) }]
  }))
}

/** The first entity that leads to another service, expanded: what a product is for. */
function defaultState(product: ProductView, entity: string): PreviewState {
  const serviceOf = new Map(product.definition.entities.map(({ name, service }) => [name, service]))
  const set = product.entitySets.find(({ name }) => name === entity)
  const across = (set?.navigation ?? []).filter(({ target, collection }) => !collection && target !== undefined && serviceOf.get(target) !== serviceOf.get(entity))
  return { where: [], expand: across.map(({ name }) => name), top: 20 }
}

function JoinedPreview({ product }: { readonly product: ProductView }) {
  const { entity, ...search } = route.useSearch()
  const navigate = route.useNavigate()
  const entitySet = product.entitySets.find(({ name }) => name === entity) ?? product.entitySets[0]
  if (entitySet === undefined) return null
  const state = Object.keys(search).length === 0 ? defaultState(product, entitySet.name) : fromSearch(search)
  return (
    <Stack gap="sm">
      <SegmentedControl aria-label="Entity" style={{ alignSelf: 'flex-start' }} data={product.entitySets.map(({ name }) => name)} value={entitySet.name} onChange={(next) => void navigate({ search: { entity: next }, replace: true })} />
      <Preview root={pathOf(product.odataUrl)} entitySet={entitySet} state={state} onChange={(next) => void navigate({ search: { entity: entitySet.name, top: next.top, ...toSearch(next) }, replace: true })} />
    </Stack>
  )
}

/** A data product: its entities, how they relate, and rows joined across services. */
export function Product() {
  const { slug } = route.useParams()
  const { data, error } = useQuery(productQuery(slug))
  if (error !== null) return <Failure error={error} />
  if (data === undefined) return <Loading lines={8} />
  return (
    <Stack gap="md">
      <Breadcrumbs><Anchor component={Link} to="/">Home</Anchor><Text>{data.name}</Text></Breadcrumbs>
      <Group gap="sm"><Title order={1}>{data.name}</Title>{data.sample && <Badge variant="light" color="gray" tt="none">sample</Badge>}</Group>
      {data.description !== undefined && <Text>{data.description}</Text>}
      {data.broken.length > 0 && <Alert color="red" title="This product cannot be served">{data.broken.join(' ')}</Alert>}
      <Address label="OData" url={absolute(data.odataUrl)} />
      <Text size="sm">Joins {data.services.map((service, at) => <span key={service}>{at > 0 && ', '}<Anchor component={Link} to={`/services/${service}`} size="sm">{service}</Anchor></span>)}</Text>
      <Title order={2} size="h3">Entities and relationships</Title>
      <Paper withBorder p="md"><Relationships entities={data.definition.entities} lines={linesOf(data)} /></Paper>
      <Group gap="xs">{data.entitySets.map(({ name }) => <Anchor key={name} component={Link} to={`/products/${slug}/${name}`} size="sm">{name}</Anchor>)}</Group>
      <Title order={2} size="h3">Preview across sources</Title>
      <JoinedPreview product={data} />
    </Stack>
  )
}
