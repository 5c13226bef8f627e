import type { EdmModel } from '@tributary/edm'
import { namesOf, type Names } from '@tributary/odata-url'

const names = new WeakMap<EdmModel, Names>()

/** What the names of a model mean in a URL: found out once for each model. */
export function namesFor(model: EdmModel): Names {
  const known = names.get(model)
  if (known !== undefined) return known
  const made = namesOf(model, { keyAsSegment: true })
  names.set(model, made)
  return made
}
