import { ActionIcon, Button, Group, Select, Stack, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import type { AttributeView } from '../api/views.js'
import { operatorsOf, type Condition } from './preview-state.js'

interface ConditionsProps {
  readonly attributes: readonly AttributeView[]
  readonly where: readonly Condition[]
  readonly onChange: (where: readonly Condition[]) => void
}

const words: Readonly<Record<Condition['operator'], string>> = {
  eq: 'is', ne: 'is not', gt: 'greater than', ge: 'at least', lt: 'less than', le: 'at most', contains: 'contains', startswith: 'starts with', endswith: 'ends with',
}

interface RowProps {
  readonly attributes: readonly AttributeView[]
  readonly condition: Condition
  readonly onChange: (condition: Condition) => void
  readonly onRemove: () => void
}

function ConditionRow({ attributes, condition, onChange, onRemove }: RowProps) {
  const attribute = attributes.find(({ name }) => name === condition.property)
  const operators = attribute === undefined ? [condition.operator] : operatorsOf(attribute)
  const choose = (property: string | null) => {
    const next = attributes.find(({ name }) => name === property)
    if (next !== undefined) onChange({ property: next.name, operator: operatorsOf(next)[0] ?? 'eq', value: condition.value })
  }
  const compare = (operator: string | null) => {
    const known = operators.find((candidate) => candidate === operator)
    if (known !== undefined) onChange({ ...condition, operator: known })
  }
  return (
    <Group gap="xs" wrap="nowrap">
      <Select aria-label="Attribute" size="xs" w={190} searchable data={attributes.map(({ name }) => name)} value={condition.property} onChange={choose} />
      <Select aria-label="Comparison" size="xs" w={130} data={operators.map((operator) => ({ value: operator, label: words[operator] }))} value={condition.operator} onChange={compare} />
      <TextInput aria-label="Value" size="xs" w={200} placeholder={attribute?.members?.join(', ') ?? attribute?.type ?? ''} value={condition.value} onChange={(event) => onChange({ ...condition, value: event.currentTarget.value })} />
      <ActionIcon variant="subtle" color="gray" aria-label="Remove the condition" onClick={onRemove}><IconX size={16} /></ActionIcon>
    </Group>
  )
}

/** The preview's filter: conditions that all must hold. */
export function Conditions({ attributes, where, onChange }: ConditionsProps) {
  const filterable = attributes.filter(({ type, typeKind }) => typeKind !== 'complex' && !type.startsWith('Collection('))
  const first = filterable[0]
  const replace = (at: number, condition: Condition) => onChange(where.map((existing, index) => (index === at ? condition : existing)))
  return (
    <Stack gap={6} align="flex-start">
      {where.map((condition, at) => (
        <ConditionRow key={at} attributes={filterable} condition={condition} onChange={(next) => replace(at, next)} onRemove={() => onChange(where.filter((_, index) => index !== at))} />
      ))}
      {first !== undefined && (
        <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} />} onClick={() => onChange([...where, { property: first.name, operator: operatorsOf(first)[0] ?? 'eq', value: '' }])}>
          Add a condition
        </Button>
      )}
    </Stack>
  )
}
