import type { Feed } from './feed.js'
import { powerQuery } from './power-query.js'

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text for HTML and XML; control characters, which neither can hold, are left out. */
const escaped = (text: string): string => text.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '').replaceAll(/[&<>"']/g, (char) => escapes[char] ?? char)

/** Names of queries may not hold what delimits them in connection strings and commands. */
const queryName = (name: string): string => name.replaceAll(/[;=[\]"]/g, ' ').trim() || 'Query'

const mashup = (name: string, formula: string): string => [
  '<Mashup xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns="http://schemas.microsoft.com/DataMashup">',
  '<Client>EXCEL</Client><Version>2.0.0.0</Version><MinVersion>1.5.3296.0</MinVersion><Culture>en-US</Culture><SafeCombine>false</SafeCombine>',
  `<Items><Query Name="${escaped(name)}"><Formula>${escaped(formula)}</Formula><IsParameterQuery xsi:nil="true" /><IsDirectQuery xsi:nil="true" /></Query></Items></Mashup>`,
].join('')

/**
 * A data connection that Excel opens as a query over the feed.
 * @see [MS-ODCFF] 2.7.1.1, [MS-QDEIF]
 */
export function excelFile(feed: Feed): string {
  const [first] = feed.entitySets
  const name = queryName(first ?? feed.name)
  return [
    '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns="http://www.w3.org/TR/REC-html40">', '<head>',
    '<meta http-equiv="Content-Type" content="text/x-ms-odc; charset=utf-8">', '<meta name="ProgId" content="ODC.Database">', '<meta name="SourceType" content="OLEDB">',
    `<title>${escaped(feed.name)}</title>`,
    '<xml id="msodc"><odc:OfficeDataConnection xmlns:odc="urn:schemas-microsoft-com:office:odc" xmlns="http://www.w3.org/TR/REC-html40">',
    '<odc:PowerQueryConnection odc:Type="OLEDB">',
    `<odc:ConnectionString>${escaped(`Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$;Location="${name}";Extended Properties=""`)}</odc:ConnectionString>`,
    '<odc:CommandType>SQL</odc:CommandType>', `<odc:CommandText>${escaped(`SELECT * FROM [${name}]`)}</odc:CommandText>`, '</odc:PowerQueryConnection>',
    `<odc:PowerQueryMashupData>${escaped(mashup(name, powerQuery(feed, first)))}</odc:PowerQueryMashupData>`,
    '</odc:OfficeDataConnection></xml>', '</head>', '</html>', '',
  ].join('\n')
}
