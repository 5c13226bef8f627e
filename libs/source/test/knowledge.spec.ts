import { createKnowledge, isLimit, type Fact, type Feature, type Knowledge, type KnowledgeChange, type Lesson } from '@tributary/source'

const crm = { slug: 'crm', identity: 'one' }
let now = new Date('2026-01-01T00:00:00Z')
const later = (minutes: number): void => void (now = new Date(now.getTime() + minutes * 60_000))
const lesson = (feature: Feature, trust: Fact['trust'], origin: Fact['origin'] = 'probed', expires?: Date): Lesson => ({ kind: 'fact', feature, fact: { trust, origin, why: 'seen', since: now, ...(expires === undefined ? {} : { expires }) } })

let knowledge: Knowledge
const trust = (feature: Feature, set = 'Orders'): Fact['trust'] => knowledge.capabilities(crm, set).fact(feature).trust
const revision = (set = 'Orders'): number => knowledge.capabilities(crm, set).revision

beforeEach(() => {
  knowledge = createKnowledge(() => now)
})

describe('what is known of a remote', () => {
  it('presumes a superset where nothing is known', () => {
    expect(knowledge.capabilities(crm, 'Orders').fact('filter:eq:Edm.String')).toMatchObject({ trust: 'inexact', origin: 'presumed' })
    expect(knowledge.capabilities(crm, 'Orders')).toMatchObject({ urlLimit: 2_000, keyLimit: 200 })
  })

  it('is kept for each entity set by itself', () => {
    knowledge.learn(crm, 'Orders', [lesson('top', 'exact')])
    expect([trust('top'), trust('top', 'Customers')]).toEqual(['exact', 'inexact'])
  })

  it('lets a general no overrule what is special, and a general yes prove nothing', () => {
    knowledge.learn(crm, 'Orders', [lesson('filter', 'exact'), lesson('filter:contains', 'exact')])
    expect([trust('filter:contains'), trust('filter:eq:Edm.Int32')]).toEqual(['exact', 'inexact'])
    knowledge.learn(crm, 'Orders', [lesson('filter', 'unsupported', 'learnt')])
    expect([trust('filter:contains'), trust('filter:eq:Edm.Int32'), trust('top')]).toEqual(['unsupported', 'unsupported', 'inexact'])
  })

  it('raises the revision where something changes, and only there', () => {
    const first = revision()
    knowledge.learn(crm, 'Orders', [lesson('top', 'exact')])
    const second = revision()
    expect(second).toBeGreaterThan(first)
    knowledge.learn(crm, 'Orders', [lesson('top', 'exact')])
    expect(revision()).toBe(second)
    expect(knowledge.capabilities(crm, 'Orders')).toBe(knowledge.capabilities(crm, 'Orders'))
    knowledge.learn(crm, 'Orders', [{ kind: 'urlLimit', limit: 1_000 }, { kind: 'keyLimit', limit: 25 }])
    expect(knowledge.capabilities(crm, 'Orders')).toMatchObject({ urlLimit: 1_000, keyLimit: 25 })
    expect(revision()).toBeGreaterThan(second)
  })

  it('gives views that do not change under their readers', () => {
    const before = knowledge.capabilities(crm, 'Orders')
    knowledge.learn(crm, 'Orders', [lesson('top', 'exact')])
    expect(before.fact('top').trust).toBe('inexact')
  })

  it('forgets a demotion after ten minutes, and says so by its revision', () => {
    knowledge.learn(crm, 'Orders', [lesson('top', 'unsupported', 'learnt'), { kind: 'urlLimit', limit: 500 }])
    const learnt = revision()
    later(9)
    expect([trust('top'), revision()]).toEqual(['unsupported', learnt])
    later(2)
    expect(trust('top')).toBe('inexact')
    expect(revision()).toBeGreaterThan(learnt)
    later(60)
    expect(knowledge.capabilities(crm, 'Orders').urlLimit).toBe(2_000)
  })

  it('keeps to an expiry that is given', () => {
    knowledge.learn(crm, 'Orders', [lesson('top', 'exact', 'probed', new Date(now.getTime() + 1_000))])
    later(1)
    expect(trust('top')).toBe('inexact')
  })

  it('does not let a probe overrule what an answer has just disproved', () => {
    knowledge.learn(crm, 'Orders', [lesson('top', 'unsupported', 'learnt')])
    knowledge.learn(crm, 'Orders', [lesson('top', 'exact', 'probed')])
    expect(trust('top')).toBe('unsupported')
    later(11)
    knowledge.learn(crm, 'Orders', [lesson('top', 'exact', 'probed')])
    expect(trust('top')).toBe('exact')
  })

  it('is dropped when the endpoint becomes another, and when it is forgotten', () => {
    knowledge.learn(crm, 'Orders', [lesson('top', 'exact')])
    const first = revision()
    expect(knowledge.capabilities({ ...crm, identity: 'two' }, 'Orders').fact('top').trust).toBe('inexact')
    expect(trust('top')).toBe('inexact')
    knowledge.learn(crm, 'Customers', [lesson('top', 'exact')])
    knowledge.learn(crm, 'Orders', [lesson('top', 'exact')])
    expect(trust('top', 'Customers')).toBe('exact')
    knowledge.forget('crm')
    expect(trust('top')).toBe('inexact')
    expect(revision()).toBeGreaterThan(first)
  })

  it('tells of every fact that changes, with its expiry', () => {
    const changes: KnowledgeChange[] = []
    const end = knowledge.onChange((change) => changes.push(change))
    knowledge.learn(crm, 'Orders', [lesson('top', 'exact'), lesson('skip', 'unsupported', 'learnt')])
    knowledge.learn(crm, 'Orders', [lesson('top', 'exact')])
    end()
    knowledge.learn(crm, 'Orders', [lesson('count', 'exact')])
    expect(changes.map(({ slug, identity, entitySet, feature }) => [slug, identity, entitySet, feature])).toEqual([['crm', 'one', 'Orders', 'top'], ['crm', 'one', 'Orders', 'skip']])
    expect(changes[1]?.fact.expires?.getTime()).toBe(now.getTime() + 600_000)
  })

  it('tells of limits with their numbers, and until when they hold', () => {
    const changes: KnowledgeChange[] = []
    knowledge.onChange((change) => changes.push(change))
    knowledge.learn(crm, 'Orders', [{ kind: 'urlLimit', limit: 1_000 }, { kind: 'keyLimit', limit: 12 }])
    expect(changes.map(({ feature, fact }) => [feature, fact.why.match(/\d+/)?.[0], fact.expires?.getTime()])).toEqual([['url-length', '1000', now.getTime() + 3_600_000], ['keys', '12', now.getTime() + 3_600_000]])
    expect(changes.every(({ feature }) => isLimit(feature)) && !isLimit('top')).toBe(true)
  })
})
