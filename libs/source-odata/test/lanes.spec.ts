import { createLanes } from '../src/lanes.js'

const tick = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

describe('the lanes to a source', () => {
  it('let askers take turns, so that a request with many batches starves nobody', async () => {
    const lanes = createLanes(1)
    const [greedy, modest] = [new AbortController().signal, new AbortController().signal]
    const order: string[] = []
    const first = await lanes.enter('erp', greedy)
    const all = [['greedy', greedy], ['greedy', greedy], ['greedy', greedy], ['modest', modest]] as const
    const done = all.map(async ([name, signal]) => {
      const lane = await lanes.enter('erp', signal)
      order.push(name)
      await tick()
      lane.release()
    })
    first.release()
    await Promise.all(done)
    expect(order).toEqual(['greedy', 'modest', 'greedy', 'greedy'])
  })

  it('are separate for each source', async () => {
    const lanes = createLanes(1)
    const { signal } = new AbortController()
    await lanes.enter('erp', signal)
    await expect(lanes.enter('crm', signal)).resolves.toMatchObject({ queuedMs: expect.any(Number) as number })
  })

  it('are given up by whoever stops waiting, and released once only', async () => {
    const lanes = createLanes(1)
    const cancel = new AbortController()
    const patient = new AbortController().signal
    const held = await lanes.enter('erp', patient)
    const waiting = lanes.enter('erp', cancel.signal)
    const next = lanes.enter('erp', patient)
    cancel.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    held.release()
    held.release()
    const lane = await next
    let third = false
    const last = lanes.enter('erp', patient).then(() => (third = true))
    await tick()
    expect(third).toBe(false)
    lane.release()
    await expect(last).resolves.toBe(true)
    await expect(lanes.enter('erp', AbortSignal.abort(new Error('never')))).rejects.toThrow('never')
  })
})
