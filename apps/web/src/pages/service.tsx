import { Anchor, Badge, Breadcrumbs, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { serviceQuery } from '../api/queries.js'
import { absolute } from '../api/absolute.js'
import { Address } from '../layout/address.js'
import { Failure, Loading } from '../layout/states.js'
import { EntitySetCard } from './entity-set-card.js'

const route = getRouteApi('/services/$slug')

/** A service: what it offers and where it is served. */
export function Service() {
  const { slug } = route.useParams()
  const { data, error } = useQuery(serviceQuery(slug))
  if (error !== null) return <Failure error={error} />
  if (data === undefined) return <Loading lines={8} />
  return (
    <Stack gap="md">
      <Breadcrumbs><Anchor component={Link} to="/">Home</Anchor><Text>{data.name}</Text></Breadcrumbs>
      <Group gap="sm">
        <Title order={1}>{data.name}</Title>
        <Badge variant="light" tt="none">{data.version}</Badge>
        <Badge variant="light" color="gray" tt="none">OData {data.specificationVersion}</Badge>
        <Badge variant="light" color="gray" tt="none">{data.application.name}, {data.environment.name}</Badge>
        {data.sample && <Badge variant="light" color="gray" tt="none">sample</Badge>}
      </Group>
      {data.description !== undefined && <Text>{data.description}</Text>}
      <Address label="OData" url={absolute(data.odataUrl)} />
      {data.usedBy.length > 0 && (
        <Text size="sm">Used by {data.usedBy.map((product, at) => <span key={product}>{at > 0 && ', '}<Anchor component={Link} to={`/products/${product}`} size="sm">{product}</Anchor></span>)}</Text>
      )}
      <Title order={2} size="h3">Entity sets</Title>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {data.entitySets.map((entitySet) => <EntitySetCard key={entitySet.name} entitySet={entitySet} base={`/services/${slug}`} />)}
      </SimpleGrid>
    </Stack>
  )
}
