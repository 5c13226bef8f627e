import { clauses } from '../../test/conformance/clauses.ts'

const levels = [
  ['M', 'OData 4.0 Minimal'], ['U', 'OData 4.0 Updatable'], ['I', 'OData 4.0 Intermediate'], ['A', 'OData 4.0 Advanced'],
  ['N', 'OData 4.01 Minimal and Updatable'], ['P', 'OData 4.01 Intermediate'], ['Q', 'OData 4.01 Advanced'],
]

const cell = (text) => text.replaceAll('|', '\\|')

const count = (status) => clauses.filter((clause) => clause.status === status).length

/** docs/conformance.md: every clause of the protocol's conformance levels, how it stands, and why. */
export async function conformanceDocument() {
  const tables = levels.flatMap(([letter, title]) => [
    `## ${title}`,
    '',
    '| clause | level | what | status | why |',
    '|---|---|---|---|---|',
    ...clauses.filter(({ id }) => id.startsWith(letter)).map(({ id, level, text, status, reason }) => `| ${id} | ${level} | ${cell(text)} | ${status} | ${cell(reason ?? '')} |`),
    '',
  ])
  return [
    '# Conformance',
    '',
    'What `/odata` does of the conformance levels of OData 4.0 and 4.01 (Protocol, section 12). Each clause is a test of the same name in',
    '`test/conformance`, run against a hub over loopback sources; this page is generated from `test/conformance/clauses.ts` by `npm run docs`.',
    '',
    `Of ${clauses.length} clauses, ${count('met')} are **met**, ${count('declared')} are **declared** (not offered, and said so in \`$metadata\` or by the refusal), and ${count('open')} are **open** (met in part; what is`,
    'missing is refused by name, never ignored).',
    '',
    ...tables,
  ].join('\n')
}
