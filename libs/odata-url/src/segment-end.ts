const filterSegment = /(?:\$|%24)filter(?:\(|%28)/iy

/** Where the segment of a raw path that begins here ends: at the next raw slash, but none within the parentheses of `$filter(…)`. */
export function segmentEnd(path: string, start: number): number {
  filterSegment.lastIndex = start
  const slash = path.indexOf('/', filterSegment.test(path) ? closingParenthesis(path, start) : start)
  return slash < 0 ? path.length : slash
}

const marks = /['"()\\]|%(?:2[2789]|5C)/gi
const plain: Readonly<Record<string, string>> = { '%22': '"', '%27': "'", '%28': '(', '%29': ')', '%5C': '\\' }

/** The place of the parenthesis that closes the first one, quotes left out; the beginning where none does. */
function closingParenthesis(path: string, start: number): number {
  marks.lastIndex = start
  let depth = 0
  let quote: string | undefined
  for (let match = marks.exec(path); match !== null; match = marks.exec(path)) {
    const mark = plain[match[0].toUpperCase()] ?? match[0]
    if (mark === '\\') {
      // Only JSON escapes.
      if (quote === '"') marks.lastIndex += path[marks.lastIndex] === '%' ? '%22'.length : 1
    } else if (quote !== undefined) quote = mark === quote ? undefined : quote
    else if (mark === "'" || mark === '"') quote = mark
    else if (mark === '(') depth++
    else if (--depth === 0) return match.index
  }
  return start
}
