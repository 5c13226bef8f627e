import type { CapabilityObservation } from '@tributary/catalog'
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm'

/** The catalog's revision, in one row. */
@Entity('catalog_state')
export class StateRow {
  @PrimaryColumn('integer') declare id: number
  @Column('integer') declare revision: number
}

/** A named fact about the store. */
@Entity('catalog_mark')
export class MarkRow {
  @PrimaryColumn('text') declare name: string
  @Column('text') declare value: string
}

/** Who did what. */
@Entity('audit_event')
export class AuditRow {
  @PrimaryGeneratedColumn() declare id: number
  @Column('text') declare at: string
  @Column('text') declare actor: string
  @Column('text') declare action: string
  @Column('text') declare subject: string
  @Column('text') declare detail: string
}

/** What was learnt of a source. */
@Entity('observation')
export class ObservationRow {
  @PrimaryColumn('text') declare endpoint: string
  @PrimaryColumn('text') declare identity: string
  @PrimaryColumn('text', { name: 'entity_set' }) declare entitySet: string
  @PrimaryColumn('text') declare feature: string
  @Column('text') declare trust: CapabilityObservation['trust']
  @Column('text') declare origin: CapabilityObservation['origin']
  @Column('text') declare why: string
  @Column('text') declare since: string
  @Column('text', { nullable: true }) declare expires: string | null
}
