export { type FileMembersOptions, fileMembers } from './file-members.ts'
export { type FileStoreDurability, type FileStoreOptions, fileStore } from './store/file-store.ts'
