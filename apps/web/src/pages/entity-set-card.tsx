import { Anchor, Badge, Card, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { EntitySetView } from '../api/views.js'
import { Associations } from './associations.js'

/** An entity set in a few lines, with the way to its page. */
export function EntitySetCard({ entitySet, base }: { readonly entitySet: EntitySetView; readonly base: string }) {
  return (
    <Card withBorder padding="md">
      <Stack gap={6}>
        <Group gap="xs" justify="space-between">
          <Anchor component={Link} to={`${base}/${entitySet.name}`} fw={600} size="lg">{entitySet.name}</Anchor>
          <Badge variant="light" color="gray" tt="none">{entitySet.attributes.length} attributes</Badge>
        </Group>
        {entitySet.description !== undefined && <Text size="sm" c="dimmed">{entitySet.description}</Text>}
        <Text size="sm" lineClamp={2}><Text span c="dimmed" size="sm">Attributes </Text>{entitySet.attributes.map(({ name }) => name).join(', ')}</Text>
        <Associations navigation={entitySet.navigation} base={base} />
      </Stack>
    </Card>
  )
}
