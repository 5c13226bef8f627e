import type { WireColumn, WireShape } from './page.js'
import { gapSign, isStored, type RowGaps, type RowText } from './row-gaps.js'
import { controlColumnName, controlName, isControlColumn, isOmitted, isTold, type JsonStyle } from './style.js'
import { exceptionTerm, exceptionText, isMissing, valueExceptionTerm } from './exceptions.js'
import { valueText, type ValueText } from './value-text.js'

/** The value of an expanded to-many navigation. */
interface ExpandedRows {
  readonly rows: readonly (readonly unknown[])[]
  readonly count?: number
}

/** One or more members of the row's object, without the commas around them; '' for none. */
type MemberText = (value: unknown) => string

const spread = (style: JsonStyle): MemberText => (value) =>
  Object.entries(value ?? {})
    .filter(([name, inner]) => inner !== undefined && !isOmitted(style, undefined, inner) && !(isControlColumn(name) && !isTold(name, style)))
    .map(([name, inner]) => `${JSON.stringify(controlColumnName(name, style))}:${JSON.stringify(inner)}`)
    .join(',')

/** What is said of a row, and of its properties, that is wanted. */
const annotations = ({ annotations: wanted }: JsonStyle): MemberText => (value) =>
  Object.entries(value ?? {})
    .filter(([name]) => wanted?.(name.slice(name.indexOf('@') + 1)) === true)
    .map(([name, inner]) => `${JSON.stringify(name)}:${JSON.stringify(inner)}`)
    .join(',')

/** To-one: the row or null. To-many: the rows, before them their number where it was asked for. What could not be read: why, and where to ask again. */
function expanded(name: string, shape: WireShape, style: JsonStyle, gaps: RowGaps | undefined): MemberText {
  const read = readExpanded(name, shape, style, gaps)
  const missingLabel = `${JSON.stringify(`${name}${exceptionTerm}`)}:`
  const linkLabel = shape.toMany ? `,${JSON.stringify(`${name}${controlName('nextLink', style)}`)}:` : undefined
  return (value) => {
    if (!isMissing(value)) return read(value)
    const { retry } = value.missing
    return missingLabel + exceptionText(value.missing) + (linkLabel === undefined || retry === undefined ? '' : linkLabel + JSON.stringify(retry))
  }
}

function readExpanded(name: string, shape: WireShape, style: JsonStyle, gaps: RowGaps | undefined): MemberText {
  const write = rowText(shape.columns, shape.visible, style, gaps)
  const rowsText = writeRows(write, gaps)
  const label = `${JSON.stringify(name)}:`
  const countLabel = `${JSON.stringify(`${name}${controlName('count', style)}`)}:`
  if (!shape.toMany) {
    const writeOnce = remembering(write)
    return (value) => (value === null ? `${label}null` : label + writeOnce(value as readonly unknown[]))
  }
  return (value) => {
    const { count } = value as Pick<ExpandedRows, 'count'>
    const text = `${label}${rowsText(value)}`
    return count === undefined ? text : `${countLabel}${style.ieee754 ? `"${count}"` : count},${text}`
  }
}

/** Expanded rows as a value by themselves. */
function shapeText({ toMany, columns, visible }: WireShape, style: JsonStyle, gaps: RowGaps | undefined): ValueText {
  const write = rowText(columns, visible, style, gaps)
  return toMany ? writeRows(write, gaps) : (value) => write(value as readonly unknown[])
}

/** Many rows: those that are held at once, those that are stored by and by. */
function writeRows(write: RowText, gaps: RowGaps | undefined): ValueText {
  return (value) => {
    if (!isStored(value)) return `[${(value as ExpandedRows).rows.map(write).join(',')}]`
    if (gaps === undefined) throw new Error('Stored rows cannot be written at once')
    return `[${gaps.leave({ rows: value, write })}]`
  }
}

/** Many rows may lead to the same related row, whose text is made once. */
function remembering(write: RowText): RowText {
  const texts = new WeakMap<readonly unknown[], string>()
  return (row) => {
    const known = texts.get(row)
    if (known !== undefined) return known
    const text = write(row)
    // A gap is filled where it was left.
    if (!text.includes(gapSign)) texts.set(row, text)
    return text
  }
}

function memberText(column: WireColumn, style: JsonStyle, gaps: RowGaps | undefined): MemberText {
  if (column.expanded !== undefined) return expanded(column.shownAs ?? column.name, column.expanded, style, gaps)
  const label = `${JSON.stringify(controlColumnName(column.shownAs ?? column.name, style))}:`
  const write = valueText(column, style, (shape) => shapeText(shape, style, gaps))
  if (column.json !== true) return (value) => label + write(value)
  const missingLabel = `${JSON.stringify(`${column.shownAs ?? column.name}${valueExceptionTerm}`)}:`
  return (value) => (isMissing(value) ? missingLabel + exceptionText(value.missing) : label + write(value))
}

/** Of `Photo@odata.mediaReadLink`: `Photo`. */
const annotated = (name: string): string => name.slice(0, name.indexOf('@'))

const idColumn = '@odata.id'

/**
 * Control information first, as streaming clients need it; then what is visible, in its order, each behind what is said of it. Columns of
 * one name are forms of one member, of which a row has one.
 */
function shownColumns(columns: readonly WireColumn[], visible: readonly string[], style: JsonStyle): readonly number[] {
  // A reference is nothing but its id.
  const told = (name: string): boolean => isControlColumn(name) && (isTold(name, style) || (name === idColumn && visible.includes(name)))
  const control = columns.flatMap(({ name }, index) => (told(name) ? [{ index, of: annotated(name) }] : []))
  const properties = new Set(visible.filter((name) => !isControlColumn(name)))
  const indexesOf = Map.groupBy(columns.keys(), (index) => columns[index]?.name ?? '')
  const ahead = control.filter(({ of }) => !properties.has(of)).map(({ index }) => index)
  const shown = [...properties].flatMap((name) => [...control.filter(({ of }) => of === name).map(({ index }) => index), ...(indexesOf.get(name) ?? [])])
  return [...ahead, ...shown]
}

/**
 * Compiles the writer of rows with these columns: visible ones only, each by its type, values that were not selected left out.
 * Int64 and Decimal keep every digit; undeclared properties (`*`) stand beside the declared.
 * @param gaps takes the places of rows that are stored; without it there may be none
 */
export function rowText(columns: readonly WireColumn[], visible: readonly string[], style: JsonStyle, gaps?: RowGaps): RowText {
  const members = shownColumns(columns, visible, style).map((index) => {
    const column = columns[index] as WireColumn
    const write = column.name === '*' ? spread(style) : column.name === '@*' ? annotations(style) : memberText(column, style, gaps)
    return { index, write, omits: style.omit === undefined || column.expanded !== undefined ? undefined : (value: unknown) => isOmitted(style, column.default, value) }
  })
  return (row) => {
    let text = ''
    for (const { index, write, omits } of members) {
      const value = row[index]
      if (value === undefined || omits?.(value) === true) continue
      const member = write(value)
      if (member !== '') text += text === '' ? member : `,${member}`
    }
    return `{${text}}`
  }
}
