import CostReporter
import DryRunExecutor
import DryRunProvisioner
import EC2Provisioner
public import LabHost
import OMBRunner
import PacerBuilder
import SSMExecutor
import TabularReporter
import TerraformProvisioner

extension Catalog {
    /// The plugins that LabHost comes with.
    public static var standard: Catalog {
        get throws {
            try Catalog([
                PacerBuilder.self, DryRunImage.self,
                TerraformProvisioner.self, EC2Provisioner.self, DryRunProvisioner.self,
                SSMExecutor.self, DryRunExecutor.self,
                OMBRunner.self,
                JSONReporter.self, CSVReporter.self, CostReporter.self,
            ])
        }
    }
}
