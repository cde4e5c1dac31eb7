output "hosts" {
  description = "Every host by name: its instance, where it runs, and its volumes."

  value = {
    for name, instance in aws_instance.this : name => {
      instance_id       = instance.id
      private_ip        = instance.private_ip
      instance_type     = instance.instance_type
      availability_zone = instance.availability_zone
      is_spot           = instance.instance_lifecycle == "spot"
      volumes = [
        for device in concat(tolist(instance.root_block_device), tolist(instance.ebs_block_device)) : {
          id         = device.volume_id
          type       = device.volume_type
          size       = device.volume_size
          iops       = device.iops
          throughput = device.throughput
        }
      ]
    }
  }
}
