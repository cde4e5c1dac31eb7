# How an image is built, for every version of packer from 1.6 on. All values come from a variables file in JSON, so that
# none is ever read as HCL. LabHost provisions the instance through Systems Manager: no port is open, and no key exists.

variable "region" { type = string }
variable "endpoint" { type = string }
variable "emulated" { type = bool }
variable "name" { type = string }
variable "description" { type = string }
variable "source_image" { type = string }
variable "source_filters" { type = map(string) }
variable "source_owner" { type = string }
variable "instance_type" { type = string }
variable "instance_profile" { type = string }
variable "subnet" { type = string }
variable "security_group" { type = string }
variable "root_device" { type = string }
variable "root_gb" { type = number }
variable "encrypted" { type = bool }
variable "run_tags" { type = map(string) }
variable "image_tags" { type = map(string) }
variable "owner_process" { type = string }

source "amazon-ebs" "image" {
  region                     = var.region
  custom_endpoint_ec2        = var.endpoint
  skip_metadata_api_check    = true
  skip_region_validation     = true
  skip_credential_validation = var.emulated

  # The newest that the filters find, held to the one that the image's key was made from.
  source_ami_filter {
    filters     = merge(var.source_filters, { "image-id" = var.source_image })
    owners      = [var.source_owner]
    most_recent = true
  }

  instance_type               = var.instance_type
  iam_instance_profile        = var.instance_profile
  subnet_id                   = var.subnet
  security_group_id           = var.security_group
  associate_public_ip_address = true
  communicator                = "none"
  # Nobody logs in with it: without it packer would make a key pair that nobody uses either.
  ssh_password = "unused"

  # The instance ends itself if everybody who would end it is gone.
  shutdown_behavior = "terminate"
  user_data_file    = "user-data.sh"

  launch_block_device_mappings {
    device_name           = var.root_device
    volume_type           = "gp3"
    volume_size           = var.root_gb
    iops                  = 3000
    throughput            = 125
    encrypted             = var.encrypted
    delete_on_termination = true
  }

  ami_name        = var.name
  ami_description = var.description
  ena_support     = true
  run_tags        = var.run_tags
  run_volume_tags = var.run_tags
  tags            = var.image_tags
  snapshot_tags   = var.image_tags
}

build {
  sources = ["source.amazon-ebs.image"]

  # LabHost sees the instance's id in the output, provisions the instance, and writes its verdict beside this file.
  provisioner "shell-local" {
    environment_vars = ["LABHOST_INSTANCE=${build.ID}", "LABHOST_PROCESS=${var.owner_process}"]
    inline           = ["exec sh ./handover.sh"]
  }
}
