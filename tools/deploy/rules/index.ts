/** Every rule, in the order in which their findings should be read. */
import type { Rule } from "../cluster.ts";
import { addressesLead, servicesListenOutside, spansGoWhereTheyAreUnderstood } from "./addresses.ts";
import { autoscalersScale, budgetsFit } from "./availability.ts";
import { collectorsAreSound } from "./collectors.ts";
import { podsHaveTimeToStop, probesReachTheirPort, servingPodsDrain } from "./lifecycle.ts";
import { policiesNamePods, trafficIsDeniedByDefault } from "./network.ts";
import { acceptedIsStored, ingestersHaveWork, storagesAreThere, tracesStayTogether } from "./pipeline.ts";
import { podsAreRestricted } from "./pods.ts";
import { configMapsAreRead, variablesHaveSources, volumesAreThere } from "./references.ts";
import { servicesHavePods, spreadsAreOfOwnPods, workloadsSelectTheirPods } from "./services.ts";

export interface RuleFacts {
  /** Of the topic that the ingesters read. */
  readonly partitions: number;
}

export function createRules({ partitions }: RuleFacts): readonly Rule[] {
  return [
    workloadsSelectTheirPods,
    servicesHavePods,
    variablesHaveSources,
    volumesAreThere,
    configMapsAreRead,
    addressesLead,
    spansGoWhereTheyAreUnderstood,
    servicesListenOutside,
    collectorsAreSound,
    storagesAreThere,
    tracesStayTogether,
    acceptedIsStored,
    ingestersHaveWork(partitions),
    podsAreRestricted,
    probesReachTheirPort,
    podsHaveTimeToStop,
    servingPodsDrain,
    spreadsAreOfOwnPods,
    budgetsFit,
    autoscalersScale,
    trafficIsDeniedByDefault,
    policiesNamePods,
  ];
}
