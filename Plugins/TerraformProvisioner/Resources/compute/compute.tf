# The hosts.

# Only a launch template can tag the network interface that comes with an instance in the call that creates both. It holds
# nothing else: whatever changed in it would replace every host.
resource "aws_launch_template" "this" {
  name = var.name

  tag_specifications {
    resource_type = "network-interface"
    tags          = merge(var.tags, { Name = var.name })
  }

  tags = { Name = var.name }
}

resource "aws_instance" "this" {
  for_each = var.hosts

  launch_template {
    id      = aws_launch_template.this.id
    version = "$Default"
  }

  ami                  = var.image_id
  instance_type        = each.value.instance_type
  iam_instance_profile = var.instance_profile

  # Addresses are fixed, so that every host's configuration is known before it boots. The public one is the way to
  # Systems Manager.
  subnet_id                   = var.subnet_id
  private_ip                  = each.value.private_ip
  associate_public_ip_address = true
  vpc_security_group_ids      = [var.security_group_id]

  user_data                   = each.value.user_data
  user_data_replace_on_change = true

  # `shutdown -h` ends the bill: the boot script arms it for the moment when the experiment expires.
  instance_initiated_shutdown_behavior = "terminate"

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  dynamic "ebs_block_device" {
    for_each = lookup(var.block_devices, each.key, [])

    content {
      device_name           = ebs_block_device.value.device_name
      volume_type           = ebs_block_device.value.type
      volume_size           = ebs_block_device.value.size
      iops                  = ebs_block_device.value.iops
      throughput            = ebs_block_device.value.throughput
      delete_on_termination = true
    }
  }

  # An empty block would make the next plan replace every instance.
  dynamic "instance_market_options" {
    for_each = each.value.spot == null ? [] : [each.value.spot]

    content {
      market_type = "spot"

      spot_options {
        spot_instance_type             = "one-time"
        instance_interruption_behavior = "terminate"
        max_price                      = instance_market_options.value.max_price
      }
    }
  }

  tags = { Name = each.key, Component = each.value.component }
  # The provider's default tags do not reach volumes.
  volume_tags = merge(var.tags, { Name = each.key, Component = each.value.component })
}
