import { hubError } from '@tributary/errors'
import type { PreviewRows } from '../use-cases.js'

const usualRows = 20
const mostRows = 200

export const previewRows: PreviewRows = async (ports, slug, entitySet, rows = usualRows) => {
  if (!Number.isInteger(rows) || rows < 1 || rows > mostRows) throw hubError('HUB_REQUEST_INVALID', { reason: `rows must be a whole number from 1 to ${mostRows}` }, { target: 'rows' })
  return ports.preview.rows(slug, entitySet, rows)
}
