export { type FileMembersOptions, fileMembers } from './file-members.ts'
