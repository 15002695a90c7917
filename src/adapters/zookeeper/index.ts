export { type RegisterOptions, type Registration, register } from './register.ts'
export type { RegistrationState } from './registration.ts'
export { ZooKeeperError } from './zookeeper-error.ts'
export { type ZooKeeperMembersOptions, zookeeperMembers } from './zookeeper-members.ts'
