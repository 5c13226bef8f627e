import { Anchor, List, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { NavigationView } from '../api/views.js'

/** Where an entity set leads to. `base` is the page its sets stand under: `/services/sales`. */
export function Associations({ navigation, base }: { readonly navigation: readonly NavigationView[]; readonly base: string }) {
  if (navigation.length === 0) return <Text size="sm" c="dimmed">No associations.</Text>
  return (
    <List size="sm" spacing={4}>
      {navigation.map(({ name, target, targetType, multiplicity, on }) => (
        <List.Item key={name}>
          <Text span fw={600} size="sm">{name}</Text>{' → '}
          {target === undefined ? <Text span size="sm">{targetType}</Text> : <Anchor component={Link} to={`${base}/${target}`} size="sm">{target}</Anchor>}{' '}
          <Text span size="sm" c="dimmed">({multiplicity}{on.length === 0 ? '' : `; ${on.map(({ from, to }) => (from === to ? from : `${from} = ${to}`)).join(', ')}`})</Text>
        </List.Item>
      ))}
    </List>
  )
}
