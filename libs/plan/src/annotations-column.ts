import type { Column } from './page.js'
import { untypedType } from './value-type.js'

/** The name of the column that holds what a source says of its rows in terms of vocabularies. */
export const annotationsName = '@*'

/** A row's annotations by their names, of the row itself and of its properties. */
export const annotationsColumn: Column = Object.freeze({ name: annotationsName, type: untypedType })
