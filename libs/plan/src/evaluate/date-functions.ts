import type { Value, ValueType } from '../value.js'
import { decimalText } from '../values/decimal-text.js'
import { durationSeconds } from '../values/duration.js'
import { dateText, type DateTimeFields, daysOf, parseDate, parseDateTime, parseTime, timeText } from '../values/instant.js'

/** Fields of a Date, TimeOfDay or DateTimeOffset value, in the value's own offset; what the type lacks is zero. */
function fieldsOf(type: ValueType, text: string): DateTimeFields {
  const none = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, fraction: '', offsetMinutes: 0 }
  if (type.base === 'Edm.Date') return { ...none, ...parseDate(text) }
  return type.base === 'Edm.TimeOfDay' ? { ...none, ...parseTime(text) } : parseDateTime(text)
}

const secondsOfDay = (fields: DateTimeFields): number => fields.hour * 3600 + fields.minute * 60 + fields.second

/** Functions of one temporal argument of the given type. @see OData URL Conventions 4.01 section 5.1.1.8 */
export const dateFunctions: Readonly<Record<string, (type: ValueType, text: string) => Value>> = {
  year: (type, text) => fieldsOf(type, text).year,
  month: (type, text) => fieldsOf(type, text).month,
  day: (type, text) => fieldsOf(type, text).day,
  hour: (type, text) => fieldsOf(type, text).hour,
  minute: (type, text) => fieldsOf(type, text).minute,
  second: (type, text) => fieldsOf(type, text).second,
  fractionalseconds: (type, text) => {
    const { fraction } = fieldsOf(type, text)
    return fraction === '' ? '0' : `0.${fraction}`
  },
  date: (type, text) => dateText(daysOf(fieldsOf(type, text))),
  time: (type, text) => {
    const fields = fieldsOf(type, text)
    return timeText({ seconds: secondsOfDay(fields), fraction: fields.fraction })
  },
  totaloffsetminutes: (type, text) => fieldsOf(type, text).offsetMinutes,
  totalseconds: (_, text) => decimalText(durationSeconds(text)),
}

/** The earliest moment there is: `mindatetime()`. */
export const minDateTime = '0001-01-01T00:00:00Z'
/** The latest moment there is: `maxdatetime()`. */
export const maxDateTime = '9999-12-31T23:59:59.999999999999Z'
