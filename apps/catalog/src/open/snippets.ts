import type { Feed } from './feed.js'
import { powerQuery } from './power-query.js'

/** How a program reads a feed. */
export interface Snippet {
  readonly language: 'curl' | 'typescript' | 'python' | 'csharp' | 'powerquery'
  readonly title: string
  readonly text: string
}

/** Text for a POSIX shell. */
const shellText = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** JSON's strings are TypeScript's, Python's and C#'s as well, once what only JSON allows raw is escaped. */
const sourceText = (text: string): string => JSON.stringify(text).replaceAll(/[\u007F-\uFFFF]/g, (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)

/** A first query in several languages, over the first entity set. The token is taken from the environment. */
export function snippetsOf(feed: Feed): readonly Snippet[] {
  const [first] = feed.entitySets
  const url = first === undefined ? feed.url : `${feed.url}${encodeURIComponent(first)}?$top=20`
  const text = sourceText(url)
  return [
    { language: 'curl', title: 'curl', text: `curl -H "Authorization: Bearer $TRIBUTARY_TOKEN" ${shellText(url)}` },
    {
      language: 'typescript', title: 'TypeScript',
      text: `const rows: unknown[] = []\nlet next: string | undefined = ${text}\nwhile (next !== undefined) {\n  const response = await fetch(next, { headers: { authorization: \`Bearer \${process.env.TRIBUTARY_TOKEN}\` } })\n  if (!response.ok) throw new Error(await response.text())\n  const page = await response.json() as { value: unknown[]; '@odata.nextLink'?: string }\n  rows.push(...page.value)\n  next = page['@odata.nextLink']\n}`,
    },
    {
      language: 'python', title: 'Python (requests)',
      text: `import os\nimport requests\n\nrows = []\nurl = ${text}\nwhile url:\n    response = requests.get(url, headers={"Authorization": f"Bearer {os.environ['TRIBUTARY_TOKEN']}"})\n    response.raise_for_status()\n    page = response.json()\n    rows += page["value"]\n    url = page.get("@odata.nextLink")`,
    },
    {
      language: 'csharp', title: 'C#',
      text: `using System.Net.Http.Headers;\nusing System.Text.Json;\n\nusing var client = new HttpClient();\nclient.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Environment.GetEnvironmentVariable("TRIBUTARY_TOKEN"));\nvar rows = new List<JsonElement>();\nfor (string? url = ${text}; url is not null;)\n{\n    var page = JsonDocument.Parse(await client.GetStringAsync(url)).RootElement;\n    rows.AddRange(page.GetProperty("value").EnumerateArray());\n    url = page.TryGetProperty("@odata.nextLink", out var next) ? next.GetString() : null;\n}`,
    },
    { language: 'powerquery', title: 'Power Query M', text: powerQuery(feed, first) },
  ]
}
