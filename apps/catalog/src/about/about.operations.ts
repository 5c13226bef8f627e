import { z } from 'zod'
import { operation } from '../api/operation.js'

const about = z.object({
  name: z.literal('Tributary'),
  version: z.string(),
  mode: z.enum(['local', 'secured']).describe('`local`: every caller on this machine is the administrator.'),
  caller: z.object({ id: z.string(), role: z.enum(['reader', 'owner', 'curator', 'admin']) }),
  samples: z.boolean().describe('Whether something of the sample landscape is there.'),
  counts: z.object({ services: z.int(), products: z.int() }),
  revision: z.int().describe('Of the catalog: raised by every change.'),
}).meta({ id: 'About', description: 'What this hub is.' })
export type About = z.output<typeof about>

export const getAbout = operation({
  id: 'getAbout', method: 'get', path: '/api/v1/about', tag: 'Hub',
  summary: 'What this hub is',
  answers: {
    200: {
      description: 'Version, mode, who you are, and how much there is.',
      schema: about,
      example: { name: 'Tributary', version: '0.1.0', mode: 'local', caller: { id: 'local', role: 'admin' }, samples: true, counts: { services: 3, products: 1 }, revision: 5 },
    },
  },
  errors: [],
})

export const getLiveness = operation({
  id: 'getLiveness', method: 'get', path: '/health/live', tag: 'Hub',
  summary: 'Does the process live',
  description: 'Needs no credentials.',
  answers: { 200: { description: 'It does.', schema: z.object({ status: z.literal('live') }), example: { status: 'live' } } },
  errors: [],
})

export const getReadiness = operation({
  id: 'getReadiness', method: 'get', path: '/health/ready', tag: 'Hub',
  summary: 'May requests be sent',
  description: 'Needs no credentials.',
  answers: { 200: { description: 'They may.', schema: z.object({ status: z.literal('ready'), checks: z.array(z.string()) }), example: { status: 'ready', checks: ['store'] } } },
  errors: ['HUB_UNAVAILABLE'],
})
