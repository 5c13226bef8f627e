import { Anchor, Badge, Button, Card, Group, Mark, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { productsQuery, searchQuery, servicesQuery } from '../api/queries.js'
import { send } from '../api/request.js'
import type { SearchHit } from '../api/views.js'
import { Failure, Loading } from '../layout/states.js'

const route = getRouteApi('/')

/** A text with what matched marked; offsets are those of the answer. */
function Marked({ text, highlights }: { readonly text: string; readonly highlights: readonly (readonly [number, number])[] }) {
  const parts = highlights.flatMap(([start, end], at) => [text.slice(highlights[at - 1]?.[1] ?? 0, start), <Mark key={start}>{text.slice(start, end)}</Mark>])
  return <>{parts}{text.slice(highlights.at(-1)?.[1] ?? 0)}</>
}

function Hit({ hit }: { readonly hit: SearchHit }) {
  const named = hit.matched.find(({ field }) => field === 'name' || field === 'title')
  const other = hit.matched.find(({ field }) => field !== 'name' && field !== 'title')
  return (
    <Card withBorder padding="sm" component="li">
      <Group gap="xs">
        <Badge size="sm" variant="light" tt="none">{hit.kind}</Badge>
        <Anchor component={Link} to={hit.url} fw={600}>{named === undefined ? hit.title : <Marked text={named.text} highlights={named.highlights} />}</Anchor>
        <Text size="sm" c="dimmed">{hit.service}</Text>
      </Group>
      {other !== undefined && <Text size="sm" mt={4}><Marked text={other.text} highlights={other.highlights} /></Text>}
    </Card>
  )
}

function Results({ text, kind }: { readonly text: string; readonly kind: string | undefined }) {
  const navigate = route.useNavigate()
  const { data, error } = useQuery(searchQuery(text, kind))
  if (error !== null) return <Failure error={error} />
  if (data === undefined) return <Loading />
  const show = (value: string | undefined) => void navigate({ search: { q: text, ...(value === undefined ? {} : { kind: value }) } })
  return (
    <Stack gap="sm">
      <Group gap="xs" aria-label="Kinds">
        <Button size="compact-sm" variant={kind === undefined ? 'filled' : 'default'} onClick={() => show(undefined)}>All</Button>
        {(data.facets.kind ?? []).map(({ value, count }) => (
          <Button key={value} size="compact-sm" variant={kind === value ? 'filled' : 'default'} onClick={() => show(value)}>{value} {count}</Button>
        ))}
      </Group>
      {data.hits.length === 0 && <Text c="dimmed">Nothing matches “{text}”.</Text>}
      <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }} aria-label="Results">
        {data.hits.map((hit) => <Hit key={`${hit.kind} ${hit.url} ${hit.name}`} hit={hit} />)}
      </Stack>
    </Stack>
  )
}

interface EntryProps {
  readonly to: string
  readonly title: string
  readonly description: string | undefined
  readonly badges: readonly string[]
  readonly broken?: boolean
}

function Entry({ to, title, description, badges, broken = false }: EntryProps) {
  return (
    <Card withBorder padding="md">
      <Group gap="xs" mb={4}>
        <Anchor component={Link} to={to} fw={600} size="lg">{title}</Anchor>
        {broken && <Badge color="red" variant="light" tt="none">broken</Badge>}
      </Group>
      <Text size="sm" c="dimmed" lineClamp={2}>{description ?? 'No description.'}</Text>
      <Group gap={6} mt="xs">{badges.map((badge) => <Badge key={badge} size="sm" variant="light" color="gray" tt="none">{badge}</Badge>)}</Group>
    </Card>
  )
}

function SamplesNote() {
  const client = useQueryClient()
  const remove = useMutation({ mutationFn: () => send('DELETE', '/api/v1/samples'), onSuccess: () => client.invalidateQueries() })
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed">The sample landscape lets you try everything at once.</Text>
      <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconTrash size={14} />} loading={remove.isPending} onClick={() => remove.mutate()}>Remove the samples</Button>
      {remove.error !== null && <Failure error={remove.error} />}
    </Group>
  )
}

function Everything() {
  const services = useQuery(servicesQuery)
  const products = useQuery(productsQuery)
  const error = services.error ?? products.error
  if (error !== null) return <Failure error={error} />
  if (services.data === undefined || products.data === undefined) return <Loading lines={6} />
  const samples = [...services.data.items, ...products.data.items].some(({ sample }) => sample)
  return (
    <Stack gap="lg">
      <section aria-labelledby="products">
        <Title order={2} size="h3" id="products" mb="sm">Data products</Title>
        {products.data.items.length === 0 && <Text c="dimmed">None yet. A data product joins entities of several services.</Text>}
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {products.data.items.map((product) => (
            <Entry key={product.slug} to={`/products/${product.slug}`} title={product.name} description={product.description} badges={[`${product.definition.entities.length} entities`, `${product.services.length} services`, ...(product.sample ? ['sample'] : [])]} broken={product.broken.length > 0} />
          ))}
        </SimpleGrid>
      </section>
      <section aria-labelledby="services">
        <Title order={2} size="h3" id="services" mb="sm">Services</Title>
        {services.data.items.length === 0 && <Text c="dimmed">None yet. Register one with POST /api/v1/services.</Text>}
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {services.data.items.map((service) => (
            <Entry key={service.slug} to={`/services/${service.slug}`} title={service.name} description={service.description} badges={[service.application.name, service.environment.name, `OData ${service.specificationVersion}`, ...service.tags]} />
          ))}
        </SimpleGrid>
      </section>
      {samples && <SamplesNote />}
    </Stack>
  )
}

/** Search, and everything there is. */
export function Home() {
  const { q, kind } = route.useSearch()
  const navigate = route.useNavigate()
  const [text, setText] = useState(q ?? '')
  const search = useDebouncedCallback((next: string) => void navigate({ search: next === '' ? {} : { q: next }, replace: true }), 200)
  return (
    <Stack gap="lg">
      <Stack gap="xs" pt="md">
        <Title order={1}>What data do you need?</Title>
        <TextInput
          size="lg" type="search" aria-label="Search services, entities and attributes" placeholder="Customers, freight, unit price …" leftSection={<IconSearch size={20} />} value={text} data-autofocus autoFocus
          onChange={(event) => { setText(event.currentTarget.value); search(event.currentTarget.value) }}
        />
      </Stack>
      {q === undefined || q === '' ? <Everything /> : <Results text={q} kind={kind} />}
    </Stack>
  )
}
