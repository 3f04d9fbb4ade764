import { listTeams, listVirtualKeys } from '../../api/quota.ts';
import { Resource } from '../../app/resource.ts';

export const virtualKeys = new Resource(listVirtualKeys, ['config.reloaded']);
export const teams = new Resource(listTeams, ['config.reloaded']);

/** A key belongs to a team: what changes one may show at the other. */
export const reloadQuota = (): Promise<unknown> => Promise.all([virtualKeys.reload(), teams.reload()]);
