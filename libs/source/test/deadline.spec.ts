import { setTimeout as sleep } from 'node:timers/promises'
import { deadline } from '../src/index.js'

describe('a deadline', () => {
  it('acts in the order of their ends, whatever their lengths, and each once', async () => {
    const done: string[] = []
    deadline(60, () => done.push('60'))
    deadline(20, () => done.push('first 20'))
    deadline(20, () => done.push('second 20'))
    await sleep(5)
    deadline(20, () => done.push('third 20'))
    await sleep(150)
    expect(done).toEqual(['first 20', 'second 20', 'third 20', '60'])
  })

  it('acts never before its time', async () => {
    const began = performance.now()
    const ended = await Promise.all([15, 15, 30].map((ms) => new Promise<number>((resolve) => { deadline(ms, () => resolve(performance.now() - began - ms)) })))
    expect(ended.every((late) => late >= 0)).toBe(true)
  })

  it('does not act when lifted, and lets what stands behind it act', async () => {
    const done: string[] = []
    const lift = deadline(20, () => done.push('lifted'))
    await sleep(10)
    deadline(20, () => done.push('behind'))
    lift()
    lift()
    await sleep(100)
    expect(done).toEqual(['behind'])
  })

  it('may be set anew by what acts', async () => {
    const done: number[] = []
    const again = (times: number): void => {
      done.push(times)
      if (times > 0) deadline(10, () => again(times - 1))
    }
    again(3)
    await sleep(200)
    expect(done).toEqual([3, 2, 1, 0])
  })
})
