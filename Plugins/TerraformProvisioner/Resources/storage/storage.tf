# The data volumes, as block devices of the instances themselves: they are created, attached, tagged and deleted with
# their instance. A volume of its own costs 40 s of the provider's waits, and is what is left behind when they end early.

locals {
  # EC2's name for the device; the guest sees an NVMe disk under a name of its own choosing.
  device_name = "/dev/sdf"
}

output "block_devices" {
  description = "The block devices of each host that has any, as aws_instance takes them."

  value = {
    for name, volume in var.volumes : name => [{
      device_name = local.device_name
      type        = volume.type
      size        = volume.size
      iops        = volume.iops
      throughput  = volume.throughput
    }]
  }
}
