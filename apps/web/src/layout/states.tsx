import { Alert, Skeleton, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { RequestFailed } from '../api/request.js'

/** What went wrong, with the code people can look up. */
export function Failure({ error }: { readonly error: Error }) {
  const code = error instanceof RequestFailed ? error.code : 'no answer'
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={code} role="alert">
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>{error.message}</Text>
    </Alert>
  )
}

export function Loading({ lines = 4 }: { readonly lines?: number }) {
  return (
    <Stack gap="xs" aria-busy="true" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => <Skeleton key={line} height={18} width={`${92 - line * 9}%`} />)}
    </Stack>
  )
}
