import { useComputedColorScheme, useMantineTheme } from '@mantine/core'
import { placeBoxes, type Box } from './place-boxes.js'

interface Line {
  readonly from: string
  readonly to: string
  readonly label: string
  readonly across: boolean
}

interface RelationshipsProps {
  readonly entities: readonly { readonly name: string; readonly service: string }[]
  readonly lines: readonly Line[]
}

const boxWidth = 168
const boxHeight = 38
const columnGap = 150
const rowGap = 40
const top = 40

const left = (box: Box) => 12 + box.column * (boxWidth + columnGap)
const upper = (box: Box) => top + box.row * (boxHeight + rowGap)

/** A curve between two boxes: across from side to side, within a column bowed to the right. */
function curve(from: Box, to: Box): { readonly path: string; readonly x: number; readonly y: number } {
  const fromY = upper(from) + boxHeight / 2
  const toY = upper(to) + boxHeight / 2
  if (from.column === to.column) {
    const x = left(from) + boxWidth
    const bow = 26 + 9 * Math.abs(from.row - to.row)
    return { path: `M${x} ${fromY} C${x + bow} ${fromY} ${x + bow} ${toY} ${x} ${toY}`, x: x + bow * 0.72 + 4, y: (fromY + 2 * toY) / 3 + 4 }
  }
  const rightwards = from.column < to.column
  const x1 = rightwards ? left(from) + boxWidth : left(from)
  const x2 = rightwards ? left(to) : left(to) + boxWidth
  const middle = (x1 + x2) / 2
  return { path: `M${x1} ${fromY} C${middle} ${fromY} ${middle} ${toY} ${x2} ${toY}`, x: middle, y: (fromY + toY) / 2 - 6 }
}

/** The entities of a data product and how they relate; bold, named lines join different services, thin ones tell their name when pointed at. */
export function Relationships({ entities, lines }: RelationshipsProps) {
  const theme = useMantineTheme()
  const dark = useComputedColorScheme('light') === 'dark'
  const boxes = placeBoxes(entities, lines)
  const at = new Map(boxes.map((box) => [box.name, box]))
  const groups = [...new Map(boxes.map((box) => [box.group, box.column]))]
  const width = 24 + groups.length * (boxWidth + columnGap)
  const height = top + (1 + Math.max(0, ...boxes.map(({ row }) => row))) * (boxHeight + rowGap)
  const accent = theme.colors['river']?.[dark ? 4 : 8]
  const ink = dark ? theme.colors.gray[3] : theme.colors.gray[8]
  return (
    <svg viewBox={`0 0 ${width} ${height}`} style={{ width: '100%', maxWidth: width, height: 'auto' }} role="img" aria-label={lines.map(({ from, to, label }) => `${from} to ${to}: ${label}`).join('; ')}>
      {groups.map(([group, column]) => <text key={group} x={12 + column * (boxWidth + columnGap) + boxWidth / 2} y={22} textAnchor="middle" fontSize={13} fontWeight={600} fill={accent}>{group}</text>)}
      {lines.map((line) => {
        const from = at.get(line.from)
        const to = at.get(line.to)
        if (from === undefined || to === undefined) return null
        const { path, x, y } = curve(from, to)
        return (
          <g key={`${line.from}.${line.label}`}>
            <path d={path} fill="none" stroke={line.across ? accent : theme.colors.gray[5]} strokeWidth={line.across ? 2.2 : 1.2} />
            <title>{`${line.from} to ${line.to}: ${line.label}`}</title>
            {line.across && <text x={x} y={y} fontSize={11} textAnchor="middle" fill={ink} paintOrder="stroke" stroke={dark ? theme.colors.dark[7] : '#fff'} strokeWidth={4}>{line.label}</text>}
          </g>
        )
      })}
      {boxes.map((box) => (
        <g key={box.name}>
          <rect x={left(box)} y={upper(box)} width={boxWidth} height={boxHeight} rx={8} fill={dark ? theme.colors.dark[6] : '#fff'} stroke={theme.colors.gray[dark ? 7 : 4]} />
          <text x={left(box) + boxWidth / 2} y={upper(box) + boxHeight / 2 + 5} textAnchor="middle" fontSize={14} fill={ink}>{box.name}</text>
        </g>
      ))}
    </svg>
  )
}
