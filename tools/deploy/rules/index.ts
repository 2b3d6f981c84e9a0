/** Every rule, in the order in which their findings should be read. */
import type { Rule } from "../cluster.ts";
import { addressesLead, servicesListenOutside, spansGoWhereTheyAreUnderstood } from "./addresses.ts";
import { autoscalersScale, budgetsFit } from "./availability.ts";
import { collectorsAreSound } from "./collectors.ts";
import { podsReachNothingElse, podsReachWhatTheyCall } from "./egress.ts";
import { podsHaveTimeToStop, probesReachTheirPort, servingPodsDrain } from "./lifecycle.ts";
import { policiesHaveTheirTypes, policiesNamePods, trafficIsDeniedByDefault } from "./network.ts";
import { acceptedIsStored, ingestersHaveWork, storagesAreThere, tracesStayTogether } from "./pipeline.ts";
import { namespacesEnforceRestricted, podsMeetRestricted } from "./pod-security.ts";
import { podsTakeLittle } from "./pods.ts";
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
    namespacesEnforceRestricted,
    podsMeetRestricted,
    podsTakeLittle,
    probesReachTheirPort,
    podsHaveTimeToStop,
    servingPodsDrain,
    spreadsAreOfOwnPods,
    budgetsFit,
    autoscalersScale,
    trafficIsDeniedByDefault,
    policiesHaveTheirTypes,
    policiesNamePods,
    podsReachWhatTheyCall,
    podsReachNothingElse,
  ];
}
