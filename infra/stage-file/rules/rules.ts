import { alarmsHaveATopic, alarmsWaitForBatches } from './alarm-rules.ts';
import type { CheckedFile } from './checked-file.ts';
import { authenticationIsWhole, clusterIsReachable } from './cluster-rules.ts';
import { connectionStringIsUsable, connectorDecides, topicsCanBeMapped, topicsStandOnce } from './connector-rules.ts';
import { caBundleIsThere, documentdbIsReachable, regionHasRoots, topicsAreCollections } from './documentdb-rules.ts';
import { filtersAreRules } from './filter-rules.ts';
import {
  aSinkIsNamed,
  streamAccessIsWhole,
  streamSettingsGoTogether,
  timeoutsOutliveTheTarget,
  vpcsAreWhole,
} from './function-rules.ts';
import { eachMappingHasItsGroup, groupsAreShort, stageFitsIntoNames } from './name-rules.ts';
import { arnsAreOfOnePartition } from './partition-rules.ts';
import { helpersAreInTheRegion, keysAreWithWhatTheyEncrypt } from './region-rules.ts';
import {
  eachSinkHasTopics,
  failuresGoElsewhere,
  filterKeyHasFilter,
  pollerGroupsFit,
  pollersAreARange,
  provisionedSettingsHavePollers,
  registryKeyHasRegistry,
  startIsWhole,
} from './trigger-rules.ts';

const RULES = [
  stageFitsIntoNames,
  authenticationIsWhole,
  clusterIsReachable,
  arnsAreOfOnePartition,
  helpersAreInTheRegion,
  keysAreWithWhatTheyEncrypt,
  alarmsHaveATopic,
  alarmsWaitForBatches,
  aSinkIsNamed,
  eachSinkHasTopics,
  startIsWhole,
  pollersAreARange,
  pollerGroupsFit,
  provisionedSettingsHavePollers,
  filtersAreRules,
  filterKeyHasFilter,
  failuresGoElsewhere,
  registryKeyHasRegistry,
  eachMappingHasItsGroup,
  groupsAreShort,
  streamAccessIsWhole,
  streamSettingsGoTogether,
  vpcsAreWhole,
  timeoutsOutliveTheTarget,
  documentdbIsReachable,
  caBundleIsThere,
  regionHasRoots,
  topicsAreCollections,
  connectorDecides,
  topicsStandOnce,
  topicsCanBeMapped,
  connectionStringIsUsable,
];

/** The problems between the settings of a file. */
export const problemsBetween = (file: CheckedFile): readonly string[] => RULES.flatMap((rule) => rule(file));
