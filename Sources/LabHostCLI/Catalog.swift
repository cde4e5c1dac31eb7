import CloudWatchMetrics
import CostReporter
import DryRunExecutor
import DryRunProvisioner
import EC2Provisioner
import ExistingCluster
import HTMLReporter
import HostMetrics
public import LabHost
import LocalExecutor
import LocalProvisioner
import OMBRunner
import PacerBuilder
import PrometheusMetrics
import SSMExecutor
import TabularReporter
import TerraformProvisioner

extension Catalog {
    /// The plugins that LabHost comes with.
    public static var standard: Catalog {
        get throws {
            try Catalog([
                PacerBuilder.self, NoImage.self, DryRunImage.self,
                TerraformProvisioner.self, EC2Provisioner.self, ExistingCluster.self, LocalProvisioner.self,
                DryRunProvisioner.self,
                SSMExecutor.self, LocalExecutor.self, DryRunExecutor.self,
                OMBRunner.self,
                HostMetrics.self, PrometheusMetrics.self, CloudWatchMetrics.self,
                HTMLReporter.self, JSONReporter.self, CSVReporter.self, MarkdownReporter.self, JUnitReporter.self,
                CostReporter.self,
            ])
        }
    }
}
