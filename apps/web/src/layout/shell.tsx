import { ActionIcon, Anchor, AppShell, Badge, Container, Group, Text, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconBook2, IconMoon, IconSun } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { aboutQuery } from '../api/queries.js'

function SchemeToggle() {
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const other = scheme === 'light' ? 'dark' : 'light'
  return (
    <ActionIcon variant="subtle" size="lg" aria-label={`Switch to ${other} colours`} onClick={() => setColorScheme(other)}>
      {scheme === 'light' ? <IconMoon size={18} /> : <IconSun size={18} />}
    </ActionIcon>
  )
}

function ModeBadge() {
  const { data } = useQuery(aboutQuery)
  if (data?.mode !== 'local') return null
  return (
    <Tooltip label="The hub listens on this machine only; every caller is its administrator.">
      <Badge variant="light" color="gray" tt="none">local mode</Badge>
    </Tooltip>
  )
}

/** What every page stands in. */
export function Shell() {
  return (
    <AppShell header={{ height: 56 }} padding="md">
      <AppShell.Header>
        <Container size="xl" h="100%">
          <Group h="100%" justify="space-between" wrap="nowrap">
            <Anchor component={Link} to="/" underline="never" c="inherit">
              <Group gap="xs" wrap="nowrap">
                <img src="/favicon.svg" width={26} height={26} alt="" />
                <Text fw={700} size="lg">Tributary</Text>
              </Group>
            </Anchor>
            <Group gap="xs" wrap="nowrap">
              <ModeBadge />
              <Tooltip label="API reference">
                <ActionIcon component="a" href="/api/docs" variant="subtle" size="lg" aria-label="API reference"><IconBook2 size={18} /></ActionIcon>
              </Tooltip>
              <SchemeToggle />
            </Group>
          </Group>
        </Container>
      </AppShell.Header>
      <AppShell.Main>
        <Container size="xl" py="sm"><Outlet /></Container>
      </AppShell.Main>
    </AppShell>
  )
}
