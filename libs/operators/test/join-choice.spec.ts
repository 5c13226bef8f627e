import { joinCosts, type JoinFigures } from '@tributary/operators'

const figures: JoinFigures = { keys: 10_000, batchKeys: 200, lanes: 8, rowsPerKey: 1, count: 10_000, costs: { latencyMs: 40, msPerRow: 0.01, bytesPerRow: 100, pageRows: 1_000 } }

describe('what both ways of a join cost', () => {
  it('rounds of batches with their rows, against pages with all rows', () => {
    // 50 batches in 7 rounds, 10 pages one after the other
    expect(joinCosts(figures)).toEqual({ bindMs: 7 * 40 + 100, scanMs: 10 * 40 + 100 })
  })

  it('short chains make a scan the cheaper way, many unwanted rows the keys', () => {
    const chains = joinCosts({ ...figures, batchKeys: 25 })
    expect(chains.scanMs).toBeLessThan(chains.bindMs)
    const large = joinCosts({ ...figures, batchKeys: 25, count: 5_000_000 })
    expect(large.bindMs).toBeLessThan(large.scanMs)
  })

  it('keys never bring more rows than there are', () => {
    expect(joinCosts({ ...figures, rowsPerKey: 1_000 }).bindMs).toBe(7 * 40 + 100)
  })
})
