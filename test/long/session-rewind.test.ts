import { describeAllFaults } from '../system/faults/all-faults.ts';

describeAllFaults('fromLowest');
