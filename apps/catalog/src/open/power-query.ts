import type { Feed } from './feed.js'

/** Text as M writes it: quotes doubled, line ends and `#(` by their escapes. */
export const mText = (text: string): string => `"${text.replaceAll('#(', '#(#)(').replaceAll('"', '""').replaceAll('\r', '#(cr)').replaceAll('\n', '#(lf)').replaceAll('\t', '#(tab)')}"`

/** The feed in the language of Power Query: all of it, or one entity set. */
export const powerQuery = ({ url }: Feed, entitySet?: string): string => {
  const source = `Source = OData.Feed(${mText(url)}, null, [Implementation="2.0"])`
  return entitySet === undefined ? `let\n    ${source}\nin\n    Source` : `let\n    ${source},\n    Rows = Source{[Name=${mText(entitySet)},Signature="table"]}[Data]\nin\n    Rows`
}
