import { catalogue, hubError, isHubError } from '@tributary/errors'

describe('hubError', () => {
  it('fills the placeholders of message and way out', () => {
    const error = hubError('HUB_SLUG_TAKEN', { slug: 'sales', owner: 'service Sales' })
    expect(error.message).toBe('The slug sales belongs to service Sales. Choose another slug.')
    expect(error.status).toBe(409)
    expect(isHubError(error)).toBe(true)
  })

  it('keeps the cause without showing it', () => {
    const cause = new Error('secret=abc')
    const error = hubError('HUB_INTERNAL', { requestId: 'r1' }, { cause })
    expect(error.cause).toBe(cause)
    expect(error.message).not.toContain('secret')
  })
})

describe('the catalogue', () => {
  it.each(Object.entries(catalogue))('%s has a code, a status and a message that ends in a full stop or a placeholder', (code, fault) => {
    expect(code).toMatch(/^HUB_[A-Z_]+$/)
    expect(fault.status).toBeGreaterThanOrEqual(400)
    expect(fault.message).toMatch(/[.}]$/)
  })
})
