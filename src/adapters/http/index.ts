export { type HttpMembersOptions, httpMembers } from './http-members.ts'
