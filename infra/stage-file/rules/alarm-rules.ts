import { type CheckedFile, isWritten, ofEachTrigger, type Rule } from './checked-file.ts';

/** Without `alarms.topicArn` the deployment makes no alarms: another setting of the section would have no effect. */
export const alarmsHaveATopic: Rule = (file) => {
  if (isWritten(file, 'alarms', 'topicArn')) return [];
  return alarmSettingsOf(file).map(
    (name) =>
      `alarms.${name} needs topicArn: without a topic the deployment makes no alarms and no dashboard; write topicArn, or remove ${name}`,
  );
};

function alarmSettingsOf({ written }: CheckedFile): readonly string[] {
  const { alarms } = written as { readonly alarms?: unknown };
  if (typeof alarms !== 'object' || alarms === null) return [];
  return Object.entries(alarms).flatMap(([name, value]) => (value === null ? [] : [name]));
}

/** A batch is as old as its window when it arrives: the alarm would rise with every one. */
export const alarmsWaitForBatches = ofEachTrigger(({ batchWindowSeconds }, path, file) => {
  const { recordAgeSecondsMax } = file.sound.alarms ?? {};
  if (!isWritten(file, 'alarms', 'topicArn') || batchWindowSeconds === undefined || recordAgeSecondsMax === undefined)
    return [];
  return recordAgeSecondsMax > batchWindowSeconds
    ? []
    : [
        `alarms.recordAgeSecondsMax is ${recordAgeSecondsMax}, but a batch may wait ${batchWindowSeconds} s (${path('batchWindowSeconds')}), and the alarm would rise with every batch: write a greater value`,
      ];
});
