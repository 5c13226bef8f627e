import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'

/** What publishes services. */
@Entity('application')
export class ApplicationRow {
  @PrimaryColumn('text') declare uuid: string
  @Column('text') declare name: string
}

/** Where an application runs. */
@Entity('environment')
export class EnvironmentRow {
  @PrimaryColumn('text') declare uuid: string
  @Column('text', { name: 'application_uuid' }) declare applicationUuid: string
  @ManyToOne(() => ApplicationRow)
  @JoinColumn({ name: 'application_uuid' })
  declare application?: ApplicationRow
  @Column('text') declare name: string
  @Column('text') declare type: string
}

/** One revision of a contract; its content is loaded only when it is asked for. */
@Entity('contract')
export class ContractRow {
  @PrimaryColumn('text') declare uuid: string
  @Column('text', { name: 'service_uuid' }) declare serviceUuid: string
  @Column('integer') declare ordinal: number
  @Column('text') declare version: string
  @Column('text') declare type: string
  @Column('text', { name: 'specification_version' }) declare specificationVersion: string
  @Column('text', { name: 'content_type' }) declare contentType: string
  @Column('text') declare hash: string
  @Column('text', { name: 'published_at' }) declare publishedAt: string
  @Column('text', { select: false }) declare content: string
}

/** A service endpoint. */
@Entity('service')
export class ServiceRow {
  @PrimaryColumn('text') declare uuid: string
  @Column('text') declare slug: string
  @Column('text') declare name: string
  @Column('text', { nullable: true }) declare description: string | null
  @Column('simple-json') declare tags: readonly string[]
  @Column('text', { name: 'owner_name', nullable: true }) declare ownerName: string | null
  @Column('text', { name: 'owner_email', nullable: true }) declare ownerEmail: string | null
  @Column('text', { name: 'environment_uuid' }) declare environmentUuid: string
  @ManyToOne(() => EnvironmentRow)
  @JoinColumn({ name: 'environment_uuid' })
  declare environment?: EnvironmentRow
  @Column('text') declare kind: string
  @Column('text') declare url: string
  @Column('text') declare connection: string
  @Column('integer', { name: 'connection_version' }) declare connectionVersion: number
  @Column('text', { name: 'contract_uuid' }) declare contractUuid: string
  @ManyToOne(() => ContractRow)
  @JoinColumn({ name: 'contract_uuid' })
  declare contract?: ContractRow
  @Column('boolean') declare sample: boolean
  @Column('text', { name: 'registered_at' }) declare registeredAt: string
  @Column('text', { name: 'changed_at' }) declare changedAt: string
  @Column('integer') declare revision: number
}
