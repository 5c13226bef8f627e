import { createCosts, type RemoteRequest } from '@tributary/source'

const request = (measured: Partial<RemoteRequest>): RemoteRequest => ({ slug: 'crm', method: 'GET', url: 'http://crm.example/Customers', status: 200, rows: 0, bytes: 0, ms: 0, queuedMs: 0, ...measured })

describe('what reading costs', () => {
  it('is told apart: what a request takes, and what a row takes', () => {
    const costs = createCosts()
    for (let times = 0; times < 30; times += 1) {
      for (const rows of [1, 100, 1_000]) costs.note('crm', 'Customers', request({ rows, ms: 40 + 0.05 * rows + 7, queuedMs: 7, bytes: rows * 300 }))
    }
    const { latencyMs, msPerRow, bytesPerRow, pageRows } = costs.of('crm', 'Customers')
    expect(latencyMs).toBeCloseTo(40, 5)
    expect(msPerRow).toBeCloseTo(0.05, 5)
    expect(bytesPerRow).toBeCloseTo(300, 5)
    expect(pageRows).toBe(1_000)
  })

  it('follows a source that becomes slow', () => {
    const costs = createCosts()
    for (let times = 0; times < 50; times += 1) costs.note('crm', 'Customers', request({ rows: 10, ms: 5 }))
    for (let times = 0; times < 50; times += 1) costs.note('crm', 'Customers', request({ rows: 10, ms: 100 }))
    expect(costs.of('crm', 'Customers').latencyMs).toBeGreaterThan(95)
  })

  it('learns nothing of failures and of what came from memory, and keeps sets apart', () => {
    const costs = createCosts()
    const unknown = costs.of('crm', 'Customers')
    costs.note('crm', 'Customers', request({ status: 500, ms: 9_000 }))
    costs.note('crm', 'Customers', request({ cache: 'hit', rows: 10, ms: 0 }))
    costs.note('crm', 'Orders', request({ rows: 10, ms: 900 }))
    expect(costs.of('crm', 'Customers')).toEqual(unknown)
    expect(costs.of('crm', 'Orders').latencyMs).toBeGreaterThan(500)
  })
})
