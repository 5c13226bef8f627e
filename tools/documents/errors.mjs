import { catalogue } from '@tributary/errors'

/** docs/errors.md: every code with its status, meaning and way out. */
export async function errorsDocument() {
  const rows = Object.entries(catalogue).map(([code, { status, message, wayOut }]) => `| \`${code}\` | ${status} | ${message} | ${wayOut} |`)
  return [
    '# Errors',
    '',
    'Every failure has a code that never changes its meaning. `/odata` answers it in an OData error object, `/api/v1` in problem details (RFC 9457).',
    'Words in braces are filled in. This page is generated from `libs/errors/src/catalogue.ts` by `npm run docs`.',
    '',
    '| code | status | meaning | way out |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}
