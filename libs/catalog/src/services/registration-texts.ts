import { hubError } from '@tributary/errors'
import type { RegistrationRequest } from './registration.js'

/** The longest texts the catalog takes, in characters. */
const limits = Object.freeze({ name: 200, version: 200, description: 10_000, owner: 400, email: 500, tag: 100 })
const mostTags = 100

/** Checks the texts of a registration or curation. @throws HUB_REQUEST_INVALID naming the field */
export function checkTexts(request: Omit<RegistrationRequest, 'url'>): void {
  const { name, version, description, application, environment, owner, tags = [] } = request
  checkText('name', name, limits.name, true)
  checkText('version', version, limits.version, true)
  checkText('description', description, limits.description)
  checkText('application.name', application?.name, limits.name, true)
  checkText('environment.name', environment?.name, limits.name, true)
  checkText('environment.type', environment?.type, limits.name, true)
  checkText('owner.name', owner?.name, limits.owner, true)
  checkText('owner.email', owner?.email, limits.email)
  if (tags.length > mostTags) throw invalid('tags', `hold more than ${mostTags}`)
  tags.forEach((tag, index) => checkText(`tags[${index}]`, tag, limits.tag, true))
}

function checkText(field: string, text: string | undefined, most: number, needed = false): void {
  if (text === undefined) return
  if (needed && text.trim() === '') throw invalid(field, 'is empty')
  if (text.length > most) throw invalid(field, `is longer than ${most} characters`)
  // A null character is no text to a database.
  if (text.includes('\u0000')) throw invalid(field, 'holds a null character')
}

const invalid = (field: string, reason: string) => hubError('HUB_REQUEST_INVALID', { reason: `${field} ${reason}` }, { target: field })
